"""How much is posted, and how much comment it draws."""
