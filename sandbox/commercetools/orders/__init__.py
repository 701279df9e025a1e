"""Orders: https://docs.commercetools.com/api/projects/orders"""
