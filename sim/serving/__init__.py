"""What programs ask for: commands as tools of the Model Context Protocol and as a JSON endpoint."""
