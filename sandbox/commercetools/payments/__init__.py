"""Payments: https://docs.commercetools.com/api/projects/payments"""
