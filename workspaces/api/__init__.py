"""What the API of every floor is made of, and the resources of this one."""
