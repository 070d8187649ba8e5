"""What pages on paper are made of: the answer, and sections of text, tables and drawings."""
