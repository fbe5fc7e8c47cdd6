"""The embedded deployment engine: runs Pulumi programs, providers and policy packs without the pulumi binary.

It implements Pulumi's own gRPC interfaces (ResourceMonitor and Engine for the program, ResourceProvider for plugins,
Analyzer for policy packs) and keeps its state as checkpoints of version 3 in the layout of Pulumi's file backend. It is
for trying, testing and CI. Its events are those of codekeep_contracts.engine_events.

Not supported, and refused by name where a program uses it: transforms, resource and error hooks, remote components and
their method calls, parameterized packages, replaceWith, replacementTrigger, state migrations, envVarMappings, assets
and archives. There are no targets, no plans, no `refresh --run-program`, no continue-on-error: after a failure no new
step starts, and nothing is deleted.

Importing this package is cheap; gRPC and the Pulumi SDK are loaded when the engine runs.
"""
