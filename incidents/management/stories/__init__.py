"""Storms told through the services, exactly as people would tell them."""
