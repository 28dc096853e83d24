"""Who may share memory with whom, and what still reads what is about to be written."""
