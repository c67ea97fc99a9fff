"""The web server: an event loop reads complete requests, and a few threads run Django on them."""
