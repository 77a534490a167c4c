//! What to ask: from where, to where, which name, which port.
