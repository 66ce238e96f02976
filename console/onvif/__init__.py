"""Cameras as devices: found on the network, asked about themselves, turned, and heard, over ONVIF.

The SOAP library is imported when it is first needed, never at the start of the console.
"""
