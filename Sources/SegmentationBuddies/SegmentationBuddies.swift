// One import for a client: what is public in the rooms below is the library's face, and nothing else of them can be seen from outside.
@_exported import BSBAnswering
@_exported import BSBBackbones
@_exported import BSBBasics
@_exported import BSBCorrespondence
@_exported import BSBImages
@_exported import BSBInteractiveSegmentation
@_exported import BSBResults
@_exported import BSBShapes
@_exported import BSBWorkbench
