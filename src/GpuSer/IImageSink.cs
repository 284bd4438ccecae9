namespace GpuSer;

/// <summary>
/// Takes the images of many recordings as they are made, in memory of its own. Calls come from the extractor's threads, for several
/// recordings at once and in any order of recordings; for one recording they come one after the other on one thread.
/// </summary>
public interface IImageSink
{
    /// <summary>Gives the memory for a recording's image, of which every element is then written.</summary>
    /// <param name="file">The recording's place in the list.</param>
    /// <param name="frames">Frames of its image.</param>
    /// <returns>Where to write; it must stay valid until <see cref="Completed"/> or <see cref="Failed"/>. [shape=(frames, 230)]</returns>
    Span<float> Begin(int file, int frames);

    /// <summary>The image is in the memory that <see cref="Begin"/> gave. A <see cref="GpuSerException"/> thrown here counts as the recording's.</summary>
    /// <param name="file">The recording's place in the list.</param>
    void Completed(int file);

    /// <summary>The recording could not be used; the others go on.</summary>
    /// <param name="file">The recording's place in the list.</param>
    /// <param name="error">Why; its message names the file and the way out.</param>
    void Failed(int file, GpuSerException error);
}
