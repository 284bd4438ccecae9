namespace GpuSer.Training.Data;

/// <summary>Names of the classes, in the order of the network's outputs.</summary>
internal static class EmotionLabels
{
    private const string EmoDbLetters = "ATEWLNF";

    /// <summary>EMO-DB's seven emotions: fear, sadness, disgust, anger, boredom, neutral, happiness.</summary>
    public static IReadOnlyList<string> EmoDb { get; } = ["fear", "sadness", "disgust", "anger", "boredom", "neutral", "happiness"];

    /// <summary>The class of an EMO-DB letter (the German word's initial: Angst, Trauer, Ekel, Wut, Langeweile, neutral, Freude).</summary>
    /// <returns>Index into <see cref="EmoDb"/>, or -1 where the letter is none of theirs.</returns>
    public static int FromEmoDbLetter(char letter) => EmoDbLetters.IndexOf(letter, StringComparison.Ordinal);

    /// <summary>The EMO-DB letter of a class.</summary>
    /// <param name="label">Index into <see cref="EmoDb"/>.</param>
    public static char ToEmoDbLetter(int label) => EmoDbLetters[label];
}
