"""The lab: move a lever and watch two plans, in the browser and offline."""
