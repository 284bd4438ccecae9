namespace GpuSer.Training.Data;

/// <summary>A recording of a corpus.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its path below the corpus folder, with forward slashes; what lists and reports call it.</param>
/// <param name="Label">Index into the corpus's labels.</param>
/// <param name="Speaker">Who speaks, as the corpus names them.</param>
public sealed record Utterance(string Path, string Name, int Label, string Speaker);

/// <summary>A file that cannot be used, and why.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it and the way out.</param>
public sealed record BadFile(string Path, string Reason);

/// <summary>The recordings of a folder, in ordinal order of their names, with the files that could not be used.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Utterances">What can be used.</param>
/// <param name="BadFiles">What cannot.</param>
public sealed record Corpus(
    string Folder, IReadOnlyList<string> Labels, IReadOnlyList<Utterance> Utterances, IReadOnlyList<BadFile> BadFiles);
