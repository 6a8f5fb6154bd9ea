"""Workbook of the research-action « Développeurs de Territoires Solidaires »."""
