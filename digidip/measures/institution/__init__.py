"""How ministries grew: adoption, growth, policy, the life of accounts, and the mix of what they publish."""
