"""The clinic's logo, colour and doctors' photos on everything that patients see."""
