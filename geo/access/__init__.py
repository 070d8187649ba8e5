"""Travel times and persons to indicators, compliance and equity."""
