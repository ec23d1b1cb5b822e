"""Where missions and ministries are present, and how far they reach."""
