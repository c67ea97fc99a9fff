"""What makes the product an app on a phone: its manifest, service worker and offline page."""
