"""The screens: Gradio pages over core, and the vote loop that talks to the JSON API."""

import os

# Gradio reads this when it is imported; nothing on this site may call home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
