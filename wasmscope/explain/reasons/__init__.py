"""Why things are as they are: who won a name, what keeps or drops a thing, how a value, address or size comes about."""
