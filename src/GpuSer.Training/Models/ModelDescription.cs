using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuSer.Training.Models;

/// <summary>All that is needed to use a network's weights: it is kept in their metadata.</summary>
public sealed record ModelDescription
{
    /// <summary>Name of the description in a safetensors file's metadata.</summary>
    public const string MetadataKey = "gpuser.model";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Names of the classes, in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The network's shape.</summary>
    public required VggOptions Network { get; init; }

    /// <summary>Version of the signal recipe that made the images it was trained on.</summary>
    public required string Recipe { get; init; }

    /// <summary>The features' parameters.</summary>
    public required FeatureOptions Features { get; init; }

    /// <summary>Writes the description as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a description back; null where the text is none.</summary>
    public static ModelDescription? FromJson(string text)
    {
        try
        {
            ModelDescription? model = JsonSerializer.Deserialize<ModelDescription>(text, Json);
            model?.Features.Validate();
            return model is not null && model.Network.Errors().Count == 0 && model.Labels.Count == model.Network.Classes ? model : null;
        }
        catch (Exception error) when (error is JsonException or GpuSerException)
        {
            return null;
        }
    }
}
