"""What an operator needs: health, diagnosis, backup, restore."""
