"""Who calls the sandbox's account, and whether they may: a signature check and the evaluator, before moto.

moto's own enforcement stays off: it refuses right signatures of REST services, and ignores conditions and boundaries.
"""
