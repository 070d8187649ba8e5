"""From sites to a programme: people to come, money and years, forms of provision, robustness, and who is worse off."""
