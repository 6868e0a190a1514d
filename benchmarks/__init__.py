"""What the project promises about speed, measured beside what people would use instead."""
