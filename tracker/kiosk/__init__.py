"""The kiosk: a tablet in a waiting room that one child after the other answers on."""
