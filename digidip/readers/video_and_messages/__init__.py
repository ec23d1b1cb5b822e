"""YouTube and Telegram."""
