namespace GpuSer.Training.Data;

/// <summary>An utterance with its voiced samples, at 22,050 Hz.</summary>
/// <param name="Utterance">Which.</param>
/// <param name="Samples">The samples that stand in voiced parts; at least one.</param>
public sealed record VoicedUtterance(Utterance Utterance, float[] Samples);
