namespace GpuSer.Console.Demo;

/// <summary>One of the demo's speakers: an espeak-ng voice under a speaker number of EMO-DB's form.</summary>
/// <param name="Speaker">Two digits, the first characters of its files' names.</param>
/// <param name="Voice">espeak-ng's voice and variant.</param>
/// <param name="BasePitch">Added to every emotion's pitch, so that voices differ as people do.</param>
internal sealed record DemoVoice(string Speaker, string Voice, int BasePitch);

/// <summary>How an emotion is spoken, in espeak-ng's terms.</summary>
/// <param name="Letter">EMO-DB's letter of the emotion.</param>
/// <param name="Pitch">Pitch, 0 to 99.</param>
/// <param name="Rate">Words a minute.</param>
/// <param name="Range">Pitch range in per cent of the voice's own.</param>
internal sealed record DemoProsody(char Letter, int Pitch, int Rate, int Range);

/// <summary>The demo's speakers, sentences and emotions.</summary>
internal static class DemoVoices
{
    /// <summary>Speakers that are trained on, then those held out.</summary>
    public static readonly DemoVoice[] Speakers =
    [
        new("03", "de+m3", 0),
        new("08", "de+f2", 4),
        new("10", "de+m7", -4),
        new("12", "de+m1", 2),
        new("13", "de+f1", -2),
        new("14", "de+f4", 0),
        new("15", "de+m4", -2),
        new("16", "de+f5", 2),
        new("09", "de+f3", 2),
        new("11", "de+m2", -2),
    ];

    /// <summary>The speakers that no training sees.</summary>
    public static readonly string[] HeldOut = ["09", "11"];

    /// <summary>Everyday sentences without emotional content; the key is the text's code in the file's name.</summary>
    public static readonly (string Code, string Text)[] Sentences =
    [
        ("a01", "Der Tee ist heiß."),
        ("a02", "Morgen kommt die Post."),
        ("a03", "Das Brot liegt im Korb."),
        ("a04", "Wir fahren mit dem Bus."),
        ("a05", "Im Garten steht ein Stuhl."),
        ("b01", "Der Brief ist geschrieben."),
        ("b02", "Sie wohnt im zweiten Stock."),
        ("b03", "Die Lampe brennt schon."),
        ("b04", "Er nimmt heute das Rad."),
        ("b05", "Die Fenster sind geputzt."),
    ];

    /// <summary>The seven emotions in the order of EMO-DB's labels.</summary>
    public static readonly DemoProsody[] Emotions =
    [
        new('A', 95, 280, 0),
        new('T', 25, 85, 30),
        new('E', 15, 128, 200),
        new('W', 10, 225, 150),
        new('L', 45, 105, 0),
        new('N', 45, 158, 80),
        new('F', 90, 190, 250),
    ];
}
