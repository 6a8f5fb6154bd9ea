"""What people do with the reports: what they keep, and later what they decide."""
