"""Series of media attention, and offline diplomacy."""
