import ArgumentParser
import BSBEvaluation
import BSBPhotography
import BSBWorkbench
import Foundation

/// What every measurement of matching on labelled meshes is given.
struct MeasurementOptions: ParsableArguments {
    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Where to write samples, summaries and tables.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Views") var views: ViewOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    /// What is measured: where, on which shapes, since when.
    struct Ground {
        var bench: Workbench
        var set: any LabelledDataSet
        var entries: [ShapeEntry]
        fileprivate var start: Date

        /// Seconds since the command began.
        var seconds: Double { Date().timeIntervalSince(start) }
    }

    /// Opens the models and the shapes, if results can be written.
    func open() throws -> Ground {
        let start = Date()
        try checkOutput(output)
        let bench = try common.workbench(common.settings(models.preset, views), choice: models.choice)
        let (set, entries) = try dataSet.open()
        return Ground(bench: bench, set: set, entries: entries, start: start)
    }
}
