"""How ministries work: adoption, growth, policy, mix, costs, practices, texts, independence, speed, persons, removals, silence."""
