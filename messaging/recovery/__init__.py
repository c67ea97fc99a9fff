"""Recovery: cases of unhappy patients, and what the clinic does about them."""
