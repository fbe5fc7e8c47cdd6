; what the file defines and imports
(function_definition name: (word) @name) @function
(program (variable_assignment name: (variable_name) @name) @variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @variable)
((command name: (command_name (word) @_dot) . argument: (_) @source) @import
  (#any-of? @_dot "source" "."))

; what it mentions
(command name: (command_name (word) @call))
