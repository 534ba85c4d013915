import glimpse.client.ApiClient;
import glimpse.client.ApiException;
import glimpse.client.api.ClassifyApi;
import glimpse.client.api.HuggingFaceApi;
import java.io.File;
import java.util.List;

/** Asks a Worker through the generated client: ADDRESS IMAGE. Prints what came of it, a line each. */
public class Ask {
  public static void main(String[] args) throws ApiException {
    // By itself it calls every body JSON where an operation takes JSON as well, and then sends no image.
    ApiClient client =
        new ApiClient() {
          @Override
          public String selectHeaderContentType(String[] types) {
            return types[0];
          }
        };
    client.setBasePath(args[0]);
    ClassifyApi api = new ClassifyApi(client);
    File image = new File(args[1]);
    System.out.println("classify " + api.classify(image, 3, null, null, null, null).getPredictions().get(0).getLabel());
    System.out.println("batch " + api.classifyBatch(List.of(image, image), 1, null, null, null, null).getResults().size());
    System.out.println("hugging-face " + new HuggingFaceApi(client).classifyForHuggingFace("cifar10", image).get(0).getLabel());
    try {
      api.classify(image, null, "none", null, null, null);
    } catch (ApiException error) {
      System.out.println("unknown " + error.getCode());
    }
  }
}
