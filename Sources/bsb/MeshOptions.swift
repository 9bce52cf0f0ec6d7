import ArgumentParser
import BSBRendering
import BSBShapes
import BSBWorkbench

/// The option on how much may be made of a mesh file.
struct MeshLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most faces that a mesh file may give.", valueName: "count"))
    var maxFaces = MeshReadingOptions().maximumFaces

    func validate() throws {
        guard maxFaces >= 1 else { throw ValidationError("--max-faces must be at least 1.") }
    }

    /// The option as the library takes it.
    var reading: MeshReadingOptions { MeshReadingOptions(maximumFaces: maxFaces) }
}

/// The option on how a mesh stands in pictures.
struct UprightOptions: ParsableArguments, SettingsOptions {
    @Option(help: "The axis of the mesh that is up in pictures; what the models see does not change.")
    var up = UpAxis.y

    func apply(to settings: inout Settings) { settings.up = up }
}

/// Options on how a mesh is looked at, whatever for.
struct MeshLookOptions: ParsableArguments, SettingsOptions {
    @Option(help: "How the mesh is scaled into the unit sphere.")
    var normalisation = Normalisation.Method.vertexMean

    @Option(help: ArgumentHelp("Views in which parts of the mesh are segmented; by default 96.", valueName: "count"))
    var segmentViews: Int?

    @Option(help: "How the mesh is looked at: evenly and from both sides (default), or as the paper's code does.")
    var viewStyle: ViewPlan.Style?

    @Option(help: "How features are fitted to the surface: a sparse linear system (default), or the paper's network.")
    var solver: SolverKind?

    @Flag(help: "Look at the mesh in grey, or in the colours of its vertices, materials and pictures.")
    var surface = SurfaceLook.grey

    func validate() throws {
        if let segmentViews, !(1...100_000).contains(segmentViews) {
            throw ValidationError("--segment-views must be between 1 and 100000.")
        }
    }

    func apply(to settings: inout Settings) {
        settings.normalisation = normalisation
        settings.surface = surface
        if let solver { settings.solver = solver }
        if let viewStyle { (settings.featureViews.style, settings.segmentViews.style) = (viewStyle, viewStyle) }
        if let segmentViews { settings.segmentViews.count = segmentViews }
    }
}

/// Options on how a mesh is looked at to be matched.
struct ViewOptions: ParsableArguments, SettingsOptions {
    @OptionGroup var look: MeshLookOptions

    @Option(help: ArgumentHelp("Views from which features are lifted onto the mesh; by default 40.", valueName: "count"))
    var views: Int?

    func validate() throws {
        if let views, !(1...100_000).contains(views) { throw ValidationError("--views must be between 1 and 100000.") }
    }

    func apply(to settings: inout Settings) {
        look.apply(to: &settings)
        if let views { settings.featureViews.count = views }
    }
}

/// Options on how a mesh is read, and looked at to be matched.
struct MeshOptions: ParsableArguments, SettingsOptions {
    @OptionGroup var limit: MeshLimitOptions
    @OptionGroup var views: ViewOptions

    var surface: SurfaceLook { views.look.surface }
    var solver: SolverKind? { views.look.solver }

    func apply(to settings: inout Settings) { views.apply(to: &settings) }
}
