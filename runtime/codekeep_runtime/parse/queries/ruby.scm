; what the file defines and imports
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
(class name: (_) @name) @class
(module name: (_) @name) @module
(assignment left: (constant) @name) @variable
((call method: (identifier) @_require arguments: (argument_list . (string (string_content) @source))) @import
  (#any-of? @_require "require" "require_relative"))

; what it mentions
(call method: (identifier) @call)
(call receiver: (constant) @use)
(superclass (constant) @inherit)
(superclass (scope_resolution name: (constant) @inherit))
((call method: (identifier) @_mixin arguments: (argument_list (constant) @inherit))
  (#any-of? @_mixin "include" "extend" "prepend"))
(argument_list (constant) @use)
