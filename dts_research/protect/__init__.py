"""What must not be seen: small counts of people, words without consent, names of persons."""
