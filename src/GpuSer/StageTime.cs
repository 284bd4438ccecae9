namespace GpuSer;

/// <summary>How long one stage of an image took.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Time">Its share of the whole.</param>
public sealed record StageTime(string Name, TimeSpan Time);
