"""Files of ties: edge lists, Gephi, Visone, Pajek, followers, mentions."""
