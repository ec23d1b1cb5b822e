"""What a browser saw: 4CAT and Zeeschuimer."""
