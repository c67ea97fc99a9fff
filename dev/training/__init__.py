"""Train the heads of `messaging.understanding` from the texts in its `training` folder."""
