"""The JSON API, media, and the headers of every answer. Translates; decides nothing."""
