"""What is asked, whether it is answered, how fast, with what staff."""
