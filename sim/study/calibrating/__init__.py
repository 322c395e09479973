"""Fitting a population: priors, a bank of simulations, posterior by ABC, coverage."""
