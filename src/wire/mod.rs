//! Bytes to typed messages and back: framing, commands, responses, texts.
