"""How much demand comes, how many people it takes, who works when, and what would happen if? No Django, no database, no clock."""
