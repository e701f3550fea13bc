"""The names of the Python package `sttpapi`, on this library.

A program for sttpapi runs with its imports changed from `sttp` and `gsf` to `libsttp.sttpapi` and
`libsttp.sttpapi.gsf`. What takes part in the protocol itself there (`DataSubscriber`, `DataPublisher`, the encoders)
is not here; the native classes of `libsttp` take its place, and are faster where whole batches are dealt with.
"""
