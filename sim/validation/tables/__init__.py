"""Shipped aggregates of real rooms: targets with errors, quantiles of observation windows."""
