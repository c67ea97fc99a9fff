"""The web server: granian reads whole requests, and a few threads run Django on them."""
